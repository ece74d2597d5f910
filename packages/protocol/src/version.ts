/** Of this Tatami: what its package.json files say (a test compares them). */
export const version = '0.1.0';
