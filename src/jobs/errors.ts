/** Something that the caller can put right. The message is made of whole sentences and ends with what to do. */
export class JobError extends Error {}
