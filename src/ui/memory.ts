/** Keeps values for the workspace. A `Memento` of VS Code. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}
