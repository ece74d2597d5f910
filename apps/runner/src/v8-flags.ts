import { setFlagsFromString } from 'node:v8';

// Before anything else is loaded: what has run already stays as it is. Figures in docs/performance.md.
for (const flag of [
  // A key comes when the caches are cold, and a runner that few type in never gets beyond V8's interpreter: an echo then takes
  // 1.6 times that of a bare server, instead of 1.2 to 1.4 with code that is compiled when it first runs and kept.
  '--always-sparkplug',
  '--no-flush-bytecode',
  // Output that is held counts as heap, of which a runner has little besides: V8 would mark all of it again for every 5 MB.
  '--heap-growing-percent=300',
])
  setFlagsFromString(flag);
