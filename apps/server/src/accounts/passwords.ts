import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@tatami/protocol';
import { nameKeyOf } from './accounts.ts';

/** Argon2id as OWASP has it (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** One at a time: it keeps a core busy for tens of milliseconds, and learners are served by the same cores. */
const maxWaiting = 32;
const minDifferentCharacters = 5;
/** A shorter name is in many a good password. */
const minNameLength = 3;

/** Passwords as they are kept and compared, one after another. */
export class Passwords {
  #isBusy = false;
  readonly #waiting: (() => void)[] = [];
  /** Of a password that nobody has: whether a name exists must not be told by how long a refusal takes. */
  #nobodys: Promise<string> | undefined;

  /** @throws `account.busy`. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password.normalize('NFC'), cost));
  }

  /** Takes as long when there is no account. @throws `account.busy`. */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    this.#nobodys ??= hash('', cost);
    const known = passwordHash ?? (await this.#nobodys);
    const same = await this.#inTurn(() => verify(known, password.normalize('NFC')));
    return same && passwordHash !== undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= maxWaiting) throw new AppError('account.busy');
    if (this.#isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#isBusy = false;
    }
  }
}

/** @throws `account.password-weak`. */
export function refuseWeak(password: string, name: string): void {
  const [key, nameKey] = [nameKeyOf(password), nameKeyOf(name)];
  const hasName = nameKey.length >= minNameLength && key.includes(nameKey);
  if (hasName || new Set(key).size < minDifferentCharacters)
    throw new AppError('account.password-weak');
}
