/** What holds a tape back: the runtime that the tape is fed to says when it is ready for more. */
export interface TapeGate {
  /** The clock that decisions are made by is moved to this time; never back. */
  advanceTo(timeMs: number): void;
  /** Resolves when everything caused by what was appended has settled. */
  settled(): Promise<void>;
}
