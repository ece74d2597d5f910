import { config } from 'zod';

// Pages forbid eval by their policy, and a browser reports each try. Before any schema is made.
if ('document' in globalThis) config({ jitless: true });
