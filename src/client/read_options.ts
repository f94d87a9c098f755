/**
 * Which messages to read, and in what form.
 *
 * @module
 */

import type { ConsumerGroup } from "../consumer_group.ts";
import type { CallOptions } from "./options.ts";

/** Whether payloads come as values or as texts. */
export interface PayloadOptions<Raw extends boolean = boolean> extends CallOptions {
  /**
   * Hand payloads on as the exact JSON text that is stored, instead of parsing them.
   *
   * @default {false}
   */
  raw?: Raw;
}

/** Which messages of a stream to get. */
export interface StreamGetOptions<Raw extends boolean = boolean> extends PayloadOptions<Raw> {
  /**
   * Lowest position, inclusive.
   *
   * @default {0}
   */
  position?: number;
  /** Lowest global position, inclusive. */
  globalPosition?: number;
  /**
   * Most messages, 1–10,000; −1 for all.
   *
   * @default {1000}
   */
  batchSize?: number;
}

/** Which message of a stream to get. */
export interface StreamLastOptions<Raw extends boolean = boolean> extends PayloadOptions<Raw> {
  /** Only messages of this type. */
  type?: string;
}

/** Which messages of a category to get. */
export interface CategoryGetOptions<Raw extends boolean = boolean> extends PayloadOptions<Raw> {
  /**
   * Lowest global position, inclusive.
   *
   * @default {1}
   */
  position?: number;
  /**
   * Most messages, 1–10,000; −1 for all.
   *
   * @default {1000}
   */
  batchSize?: number;
  /** Only messages whose `metadata.correlationStreamName` is of this category. */
  correlation?: string;
  /** Only streams of this member of a group. */
  consumerGroup?: ConsumerGroup;
}

/** Which messages of a stream to read, page by page. */
export interface ReadStreamOptions<Raw extends boolean = boolean> extends PayloadOptions<Raw> {
  /**
   * Lowest position, inclusive.
   *
   * @default {0}
   */
  position?: number;
  /**
   * Most messages of one request, 1–10,000. A page with large payloads ends earlier.
   *
   * @default {1000}
   */
  batchSize?: number;
}

/** Which messages of a category to read, page by page. */
export interface ReadCategoryOptions<Raw extends boolean = boolean> extends PayloadOptions<Raw> {
  /**
   * Lowest global position, inclusive.
   *
   * @default {1}
   */
  position?: number;
  /**
   * Most messages of one request, 1–10,000. A page with large payloads ends earlier.
   *
   * @default {1000}
   */
  batchSize?: number;
  /** Only messages whose `metadata.correlationStreamName` is of this category. */
  correlation?: string;
  /** Only streams of this member of a group. */
  consumerGroup?: ConsumerGroup;
}
