/** The version of the platform and of its API, equal to the one in package.json. */
export const VERSION = '0.1.0';
