import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REFILL_EVERY_MS = 200;
/** A page of the file system: less leaves no room that anybody could use. */
const BALLAST = Buffer.alloc(4096);

/** A file system of its own, in memory, that can be full. Mounting one takes root. */
export class SmallDisk {
  readonly path: string;
  #refilling: NodeJS.Timeout | null = null;

  private constructor(path: string) {
    this.path = path;
  }

  /** @returns null where this process may not mount one */
  static mount(megabytes: number): SmallDisk | null {
    const path = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
    try {
      const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'millrace-test', path];
      execFileSync('mount', options, { stdio: 'ignore' });
      return new SmallDisk(path);
    } catch {
      rmSync(path, { recursive: true, force: true });
      return null;
    }
  }

  /** Whether this process may: tests that need a disk of their own skip themselves where it may not. */
  static canBeMounted(): boolean {
    const disk = SmallDisk.mount(1);
    disk?.unmount();
    return disk !== null;
  }

  /** Takes all room that there is, and what others give up from then on. */
  fill(): void {
    this.#takeRoom();
    this.#refilling ??= setInterval(() => this.#takeRoom(), REFILL_EVERY_MS);
  }

  /** Gives the room back. */
  free(): void {
    if (this.#refilling !== null) clearInterval(this.#refilling);
    this.#refilling = null;
    rmSync(this.#ballast, { force: true });
  }

  makeReadOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.path], { stdio: 'ignore' });
  }

  unmount(): void {
    if (this.#refilling !== null) this.free();
    execFileSync('umount', ['--lazy', this.path], { stdio: 'ignore' });
    rmSync(this.path, { recursive: true, force: true });
  }

  get #ballast(): string {
    return join(this.path, 'ballast');
  }

  #takeRoom(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (;;) writeSync(file, BALLAST);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }
}
