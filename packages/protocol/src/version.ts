/** The version of all of Tatami. `npm run check` holds it to the manifests. */
export const version = '0.1.0';
