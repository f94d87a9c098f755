/**
 * `p-retry`, in the last version for Node 20.
 *
 * @module
 */

export { default } from "npm:p-retry@7.1.1";
