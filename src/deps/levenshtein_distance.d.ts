/** Counts the insertions, deletions and replacements that turn one text into the other. */
export declare function levenshteinDistance(a: string, b: string): number;
