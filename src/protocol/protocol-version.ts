/** The version of the messages between managers and a runner. It is loaded without them. */
export const PROTOCOL_VERSION = 3;
