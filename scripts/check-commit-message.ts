/** Git's commit-msg hook: a subject that says what changed, and a blank line before anything else. */
import { readFileSync } from 'node:fs';

const MAX_SUBJECT_LENGTH = 100;

/**
 * @param message as Git hands it over, comments included
 * @returns what is wrong, in one line, or null
 */
export function complaintAbout(message: string): string | null {
  const [subject = '', second = ''] = message.split('\n').filter((line) => !line.startsWith('#'));
  if (subject.trim() === '') return 'the first line is empty; say what changed';
  if (/^wip\b/i.test(subject)) return 'the first line says WIP; say what changed';
  if (subject.length > MAX_SUBJECT_LENGTH) {
    return `the first line has ${subject.length} characters, expected at most ${MAX_SUBJECT_LENGTH}`;
  }
  return second.trim() === '' ? null : 'the second line must be blank';
}

const [, script, file] = process.argv;
if (script === import.meta.filename && file !== undefined) {
  const complaint = complaintAbout(readFileSync(file, 'utf8'));
  if (complaint !== null) {
    process.stderr.write(`commit message: ${complaint}\n`);
    process.exitCode = 1;
  }
}
