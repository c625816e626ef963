const NOTE_CHARACTERS = 300;

/** On one line, for a note below a table. The full text goes to standard error. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, NOTE_CHARACTERS);
}
