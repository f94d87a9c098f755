/**
 * A disk that is soon full, for real: a file system of a few MiB.
 *
 * @module
 */

/** A file system of its own, unmounted when it is disposed of. */
export class SmallDisk implements AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Whether this user may mount one: on Linux, root may. */
  static async isPossible(): Promise<boolean> {
    if (Deno.build.os !== "linux") return false;
    try {
      await using _disk = await SmallDisk.mount("1m");
      return true;
    } catch {
      return false;
    }
  }

  /** Mounts one of a size such as `4m`. */
  static async mount(size: string): Promise<SmallDisk> {
    const path = await Deno.makeTempDir({ prefix: "eventodb-" });
    try {
      const args = ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path];
      const { success } = await new Deno.Command("mount", { args, stderr: "null" }).output();
      if (success) return new SmallDisk(path);
    } catch {
      // There is no mount command.
    }
    await Deno.remove(path);
    throw new Error("A file system cannot be mounted");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Deno.Command("umount", { args: [this.path] }).output();
    await Deno.remove(this.path);
  }
}
