import { setFlagsFromString } from 'node:v8';

// A key comes when the caches are cold, and a runner that few type in never gets beyond V8's interpreter: an echo then takes
// 1.6 times that of a bare server, instead of 1.2 to 1.4 with code that is compiled when it first runs and kept
// (docs/performance.md). Before anything else is loaded: what has run already stays as it is.
for (const flag of ['--always-sparkplug', '--no-flush-bytecode']) setFlagsFromString(flag);
