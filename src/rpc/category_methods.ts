/**
 * The method on a category, or on all messages of a namespace.
 *
 * @module
 */

import { type ConsumerGroup, consumerGroupProblem } from "../consumer_group.ts";
import { formatCategoryMessage } from "../record/wire.ts";
import type { MessageQuery } from "../store/store.ts";
import type { Fields } from "./fields.ts";
import { batchSizeOf, messagesJson } from "./messages.ts";
import type { MethodTable } from "./method.ts";

/** `category.*` */
export const categoryMethods: MethodTable = {
  "category.get": {
    parameters: ["category", "options"],
    run(args, { store, caller }) {
      const category = args.nameOrEmpty("category");
      const options = args.object("options");
      const query: MessageQuery = {
        categories: category === "" ? undefined : [category],
        // Both are global positions here, the older name and the clearer one.
        from: Math.max(
          options.optionalPosition("position") ?? 1,
          options.optionalPosition("globalPosition") ?? 0,
        ),
        limit: batchSizeOf(options),
        correlation: options.nameOrEmpty("correlation") || undefined,
        consumerGroup: consumerGroupOf(options),
      };
      return messagesJson(store.readMessages(caller.namespace, query), formatCategoryMessage);
    },
  },
};

function consumerGroupOf(options: Fields): ConsumerGroup | undefined {
  const group = options.optionalObject("consumerGroup");
  if (group === undefined || group.isEmpty) return undefined;
  const member = group.optionalInteger("member");
  const size = group.optionalInteger("size");
  const problem = consumerGroupProblem({ member, size });
  if (problem !== null) throw options.invalid(problem);
  return { member, size } as ConsumerGroup;
}
