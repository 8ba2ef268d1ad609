/** The numbers of names and zones, each with its source. */

/** Names looked at for the zone a name lies in, the name itself included. Source: ours; mail domains are seldom three labels deep. */
export const ZONES_MAX = 4;
