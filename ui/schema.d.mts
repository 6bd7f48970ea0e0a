/** Where the types are committed. */
export const target: string
/** The text of the types. */
export function generate(): Promise<string>
