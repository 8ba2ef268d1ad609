/** The word by which a paste asks to be crashed over. */
export const CRASH = "canarycrash";
