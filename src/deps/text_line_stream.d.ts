/** Splits text into lines at `\n` and `\r\n`; its buffer has no bound of its own. */
export declare class TextLineStream extends TransformStream<string, string> {
  constructor(options?: { allowCR?: boolean });
}
