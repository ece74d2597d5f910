export { buildServer } from './app.ts';
export { ServerConfig } from './config.ts';
