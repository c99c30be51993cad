/** x */
export function Inspector() { return null; }
