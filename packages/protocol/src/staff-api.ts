import { z } from 'zod';
import { AccountId } from './ids.ts';

/**
 * Accounts of those who run workshops. Their browsers carry the cookie `tatami_staff`; who may call what is in
 * apps/server/src/http/permissions.ts.
 *
 * GET    /api/account                              -> Account (whose cookie it is)
 * POST   /api/account/session         SignIn       -> Account; sets the cookie
 * DELETE /api/account/session                      (signs out)
 * PUT    /api/account/password        PasswordChange  (ends every other session)
 * GET    /api/account/sessions                     -> StaffSession[]
 * DELETE /api/account/sessions/:session
 * POST   /api/invitations/opened      LinkToken    -> InvitationOffer (what a link is for)
 * POST   /api/invitations/accepted    Acceptance   -> Account; sets the cookie; a link is good for one
 * GET    /api/invitations                          -> Invitation[] (open ones: an admin's all, else one's own)
 * POST   /api/invitations             InvitationRequest -> MadeInvitation (nobody is told the token again)
 * DELETE /api/invitations/:invitation
 * GET    /api/accounts                             -> AccountEntry[]
 * PATCH  /api/accounts/:account       AccountChange -> AccountEntry (ends the account's sessions)
 * DELETE /api/accounts/:account/sessions           (ends them all)
 * POST   /api/accounts/:account/password-link      -> MadeInvitation (whoever opens it chooses a new password)
 */
export const Role = z.enum(['assistant', 'instructor', 'admin']);
export type Role = z.infer<typeof Role>;

/** Whether one role includes the other: an admin may do what an instructor may, and so on. */
export const includesRole = (role: Role, other: Role): boolean =>
  Role.options.indexOf(role) >= Role.options.indexOf(other);

/** The roles that an account of this role may invite: an admin all, an instructor assistants. */
export const invitableRoles = (role: Role): readonly Role[] =>
  role === 'admin' ? Role.options : Role.options.filter((other) => !includesRole(other, role));

/** Signs in and is shown to others; unique whatever its case and width. */
export const AccountName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{C}+$/u);
export const minPasswordLength = 10;
/** Rules beyond the length are the server's. */
export const NewPassword = z.string().min(minPasswordLength).max(200);

export const Account = z.strictObject({ id: AccountId, name: AccountName, role: Role });
export type Account = z.infer<typeof Account>;

export const SignIn = z.strictObject({ name: AccountName, password: z.string().min(1).max(200) });
export type SignIn = z.infer<typeof SignIn>;

export const PasswordChange = z.strictObject({
  current: SignIn.shape.password,
  next: NewPassword,
});
export type PasswordChange = z.infer<typeof PasswordChange>;

/** The id of a session or an invitation; not what proves it. */
export const StaffItemId = z.string().regex(/^[0-9a-f]{16}$/);

export const StaffSession = z.strictObject({
  id: StaffItemId,
  /** What the browser calls itself, in short, such as `Firefox, Windows`; empty when it does not say. */
  browser: z.string(),
  signedInAt: z.iso.datetime(),
  /** To a few minutes. */
  usedAt: z.iso.datetime(),
  /** The session that asks. */
  current: z.boolean(),
});
export type StaffSession = z.infer<typeof StaffSession>;

/** What proves an invitation: the part of its link behind `#`. */
export const LinkToken = z.strictObject({ token: z.string().regex(/^[0-9A-Za-z_-]{43}$/) });

/** The page that a link leads to: what stands behind `#` is in no request, so in no log either. */
export const invitationPath = (token: string): string => `/staff/join#${token}`;

/** The file in the server's data folder that holds the token of the set-up link. */
export const setupLinkFile = 'setup-link.token';

/** What a link is for: `setup` makes an admin, the first or one in need, `password` gives an account a new password. */
export const InvitationOffer = z.strictObject({
  kind: z.enum(['setup', 'account', 'password']),
  role: Role,
  /** Whose new password it is; null while there is no account yet. */
  name: AccountName.nullable(),
});
export type InvitationOffer = z.infer<typeof InvitationOffer>;

/** `name` is left out for a new password. */
export const Acceptance = LinkToken.extend({ name: AccountName.optional(), password: NewPassword });
export type Acceptance = z.infer<typeof Acceptance>;

export const InvitationRequest = z.strictObject({ role: Role });

export const Invitation = z.strictObject({
  id: StaffItemId,
  role: Role,
  /** Whose new password it is for, if it is for one. */
  name: AccountName.nullable(),
  madeBy: AccountName,
  madeAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type Invitation = z.infer<typeof Invitation>;

export const MadeInvitation = z.strictObject({
  invitation: Invitation,
  token: LinkToken.shape.token,
});
export type MadeInvitation = z.infer<typeof MadeInvitation>;

export const AccountEntry = Account.extend({
  createdAt: z.iso.datetime(),
  /** Signs in no more; what it did stays under its name. */
  disabled: z.boolean(),
  sessions: z.int().nonnegative(),
});
export type AccountEntry = z.infer<typeof AccountEntry>;

export const AccountChange = z
  .strictObject({ role: Role, disabled: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'nothing to change');
export type AccountChange = z.infer<typeof AccountChange>;
