import { z } from 'zod';

/** Who looks at a setting: `start` is the command line, `shell` a learner's, `all` whatever reads settings at all. */
export type Reader = 'start' | 'server' | 'runner' | 'tests' | 'shell' | 'all';

interface About<R> {
  /** What its text may be, to go on from "it takes". */
  takes: string;
  /** What it is for, in a line. */
  help: string;
  readBy: R;
  /** Never printed. */
  secret?: boolean;
}

/** A variable of the environment, or a line of the settings file. */
export interface Setting<S extends z.ZodType = z.ZodType, R = readonly Reader[]> extends About<R> {
  /** Parses its text; has the default, if there is one. */
  schema: S;
}

const setting = <S extends z.ZodType, const R extends readonly Reader[]>(
  schema: S,
  about: About<R>,
): Setting<S, R> => ({ schema, ...about });

const path = z.string().startsWith('/');
const aPath = 'an absolute path';
const positive = z.coerce.number().int().positive();
const aCount = 'a whole number above 0';
const milliseconds = 'a whole number of milliseconds above 0';
const minutes = (value: number) => value * 60_000;
const proxy = z.union([
  z.enum(['loopback', 'linklocal', 'uniquelocal']),
  z.ipv4(),
  z.ipv6(),
  z.cidrv4(),
  z.cidrv6(),
]);
const proxies = z
  .string()
  .refine((text) => text.split(',').every((one) => proxy.safeParse(one.trim()).success));

/** What operators decide; these alone may be in the settings file. */
export const operatorSettings = {
  TATAMI_HOST: setting(
    z
      .string()
      .regex(/^[\w.:%-]+$/)
      .default('127.0.0.1'),
    {
      takes: 'an address of this machine, or 0.0.0.0 or :: for all',
      help: 'address to listen on',
      readBy: ['start', 'server'],
    },
  ),
  TATAMI_PORT: setting(z.coerce.number().int().min(0).max(65_535).default(8420), {
    takes: 'a number from 1 to 65535, or 0 for any free one',
    help: 'port to listen on',
    readBy: ['start', 'server'],
  }),
  TATAMI_PUBLIC_URL: setting(z.url({ protocol: /^https?$/ }).optional(), {
    takes: 'an address that begins with http:// or https://',
    help: 'where browsers reach it, if elsewhere, as behind a proxy',
    readBy: ['start', 'server'],
  }),
  TATAMI_TRUST_PROXY: setting(proxies.optional(), {
    takes: 'addresses or networks with commas, such as 10.0.0.0/8, or loopback',
    help: 'proxies whose X-Forwarded-For is believed',
    readBy: ['server'],
  }),
  TATAMI_TLS_CERT: setting(path.optional(), {
    takes: aPath,
    help: 'speak https with this certificate (PEM)',
    readBy: ['start', 'server'],
  }),
  TATAMI_TLS_KEY: setting(path.optional(), {
    takes: aPath,
    help: 'and its key (PEM)',
    readBy: ['start', 'server'],
  }),
  TATAMI_DATA: setting(path.default('/var/lib/tatami'), {
    takes: aPath,
    help: 'progress and recordings',
    readBy: ['start', 'server', 'runner'],
  }),
  TATAMI_RUN: setting(path.default('/run/tatami'), {
    takes: aPath,
    help: 'sockets and the state of running machines',
    readBy: ['start', 'server', 'runner'],
  }),
  TATAMI_LABS: setting(path.optional(), {
    takes: aPath,
    help: 'lessons to offer instead of those that come along',
    readBy: ['start', 'server'],
  }),
  TATAMI_SEATS: setting(positive.default(20), {
    takes: aCount,
    help: 'learners at once',
    readBy: ['start', 'runner'],
  }),
  TATAMI_WARM: setting(z.coerce.number().int().nonnegative().default(2), {
    takes: 'a whole number, 0 or more',
    help: 'machines that are kept ready for those who come next',
    readBy: ['runner'],
  }),
  TATAMI_IDLE_MS: setting(positive.default(minutes(60)), {
    takes: milliseconds,
    help: 'a machine that nobody uses for so long is ended',
    readBy: ['runner'],
  }),
  TATAMI_ABSOLUTE_MS: setting(positive.default(minutes(240)), {
    takes: milliseconds,
    help: 'how long a machine lives unless it is extended',
    readBy: ['runner'],
  }),
  TATAMI_EXTEND_MS: setting(positive.default(minutes(60)), {
    takes: milliseconds,
    help: 'what one extension adds',
    readBy: ['runner'],
  }),
  TATAMI_LONGEST_MS: setting(positive.default(minutes(480)), {
    takes: milliseconds,
    help: 'extensions end here, counted from the creation of the machine',
    readBy: ['runner'],
  }),
  TATAMI_EVENTS_PER_SECOND: setting(positive.default(1_000), {
    takes: aCount,
    help: 'kernel events of one machine that are told in a second for ever; four times as many at once',
    readBy: ['runner'],
  }),
  TATAMI_SOCKET_GROUP: setting(z.string().optional(), {
    takes: 'the name of a group',
    help: "who may open the runner's socket beside root; tatami start takes the server's own group",
    readBy: ['runner'],
  }),
  TATAMI_METRICS_TOKEN: setting(z.string().min(16).optional(), {
    takes: '16 characters or more',
    help: 'whoever sends it as a bearer token may read /metrics; unset, nobody may',
    readBy: ['server'],
    secret: true,
  }),
  TATAMI_LOG_LEVEL: setting(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    {
      takes: 'one of fatal, error, warn, info, debug, trace, silent',
      help: 'how much runner and server log; under tatami start it is warn unless set',
      readBy: ['server', 'runner'],
    },
  ),
};

/** What Tatami's own programs, units and images tell each other: in the environment only. */
export const programSettings = {
  TATAMI_CONFIG: setting(z.string().default('/etc/tatami/tatami.env'), {
    takes: 'a path, or nothing for no file',
    help: 'the settings file',
    readBy: ['all'],
  }),
  TATAMI_DATA_DIR: setting(path.optional(), {
    takes: aPath,
    help: "the service's own folder of data, unless it is server or runner below TATAMI_DATA",
    readBy: ['server', 'runner'],
  }),
  TATAMI_RUNNER_SOCKET: setting(path.optional(), {
    takes: aPath,
    help: 'the socket between the two, unless it is runner.sock below TATAMI_RUN',
    readBy: ['server', 'runner'],
  }),
  TATAMI_STATE_DIR: setting(path.optional(), {
    takes: aPath,
    help: 'folder of the living machines, unless it is runner below TATAMI_RUN',
    readBy: ['runner'],
  }),
  TATAMI_ROOTFS: setting(path, {
    takes: aPath,
    help: "the learner's root filesystem",
    readBy: ['runner', 'tests'],
  }),
  TATAMI_NATIVE_BIN: setting(path, {
    takes: aPath,
    help: 'tatami-native, the helper in C',
    readBy: ['runner'],
  }),
  TATAMI_NATIVE_INIT: setting(path, {
    takes: aPath,
    help: 'tatami-init, PID 1 of every machine',
    readBy: ['runner'],
  }),
  TATAMI_EVENTS_LOADER: setting(z.string().default(''), {
    takes: aPath,
    help: "loader of the event stream's kernel programs; without it the runner falls back",
    readBy: ['runner'],
  }),
  TATAMI_EVENTS_OBJECT: setting(z.string().default(''), {
    takes: aPath,
    help: 'and these programs',
    readBy: ['runner'],
  }),
  TATAMI_HANDOFF: setting(path.optional(), {
    takes: aPath,
    help: "tatami-handoff, which hands browsers' terminals to the runner; without it they pass the server",
    readBy: ['server', 'runner'],
  }),
  TATAMI_LABS_DIR: setting(path, {
    takes: aPath,
    help: 'the lessons that come along',
    readBy: ['server'],
  }),
  TATAMI_WEB_DIR: setting(path, {
    takes: aPath,
    help: 'the built web app',
    readBy: ['server'],
  }),
  TATAMI_ROOT: setting(path.optional(), {
    takes: aPath,
    help: "the clone's folder; the launcher sets it",
    readBy: ['start', 'tests'],
  }),
  TATAMI_TERMINAL: setting(z.string().optional(), {
    takes: 'a number',
    help: 'set in the shells of learners: which terminal it is',
    readBy: ['shell'],
  }),
};

/** What tests and those who run them look at. */
export const testSettings = {
  TATAMI_CHROMIUM: setting(path.default('/usr/bin/chromium'), {
    takes: aPath,
    help: 'the browser of the tests',
    readBy: ['tests'],
  }),
  TATAMI_FIREFOX: setting(path.default('/usr/bin/firefox-esr'), {
    takes: aPath,
    help: 'the other one',
    readBy: ['tests'],
  }),
  TATAMI_NGINX: setting(path.optional(), {
    takes: aPath,
    help: 'nginx, unless it lies in .cache',
    readBy: ['tests'],
  }),
  TATAMI_E2E_URL: setting(z.url().optional(), {
    takes: 'an address that begins with http://',
    help: 'where a Tatami that runs already was told browsers reach it: the browser tests use that one',
    readBy: ['tests'],
  }),
  TATAMI_E2E_PORT: setting(positive.optional(), {
    takes: aCount,
    help: 'the port of loopback that it listens on',
    readBy: ['tests'],
  }),
  TATAMI_E2E_REPORT: setting(path.optional(), {
    takes: aPath,
    help: 'file that the browser tests report to',
    readBy: ['tests'],
  }),
  TATAMI_NETWORK_MIB: setting(positive.default(16), {
    takes: aCount,
    help: 'mebibytes that are sent through each kind of network',
    readBy: ['tests'],
  }),
  TATAMI_PICTURES: setting(path.optional(), {
    takes: aPath,
    help: 'folder to keep screenshots in',
    readBy: ['tests'],
  }),
  TATAMI_RECORD_MAP: setting(path.optional(), {
    takes: aPath,
    help: 'folder to record the situations of the map into',
    readBy: ['tests'],
  }),
  TATAMI_TEST_SLOWNESS: setting(positive.default(1), {
    takes: aCount,
    help: 'how many times longer kernel tests may take, as on an emulated processor',
    readBy: ['tests'],
  }),
  UPDATE_DOCS: setting(z.string().optional(), {
    takes: 'anything',
    help: 'write the pages that are generated, instead of comparing them',
    readBy: ['tests'],
  }),
  UPDATE_SCREENSHOTS: setting(z.string().optional(), {
    takes: '1',
    help: 'take the screenshots of the documents anew',
    readBy: ['tests'],
  }),
};

/** The table of all settings. */
export const settings = { ...operatorSettings, ...programSettings, ...testSettings };

type Table = typeof settings;
export type SettingName = keyof Table;

/** The zod shape of what one program reads. */
export type Part<R extends Reader> = {
  [N in SettingName as R extends Table[N]['readBy'][number] ? N : never]: Table[N]['schema'];
};

/** What `reader` takes from the table, for z.object. */
export function part<R extends Reader>(reader: R): Part<R> {
  const shape = namesOf(reader).map((name) => [name, settings[name].schema]);
  return Object.fromEntries(shape) as Part<R>;
}

export const namesOf = (reader: Reader): SettingName[] =>
  (Object.keys(settings) as SettingName[]).filter((name) =>
    (settings[name] as Setting).readBy.includes(reader),
  );

export const isSetting = (name: string): name is SettingName => Object.hasOwn(settings, name);

/** The value that a setting has when nobody sets it; undefined: none. */
export const defaultOf = (name: SettingName): unknown =>
  (settings[name] as Setting).schema.safeParse(undefined).data;
