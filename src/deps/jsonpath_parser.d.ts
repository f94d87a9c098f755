/** A selector of a segment. */
export type Selector =
  | { type: "NameSelector" | "MemberNameShorthand"; value: string }
  | { type: "IndexSelector"; value: number }
  | { type: "SliceSelector"; start: number | null; end: number | null; step: number | null }
  | { type: "WildcardSelector" }
  | { type: "FilterSelector" };

/** A segment of a path. */
export interface Segment {
  type: "ChildSegment" | "DescendantSegment";
  node: Selector | { type: "BracketedSelection"; selectors: Selector[] };
}

/** Parses a JSONPath; throws a `SyntaxError` with a `location`. */
export default function parse(path: string): { segments: Segment[] };
