/** A problem matcher cannot be used. The message is in whole sentences, and the last one says what to do. */
export class MatcherError extends Error {}
