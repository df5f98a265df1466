import { join } from 'node:path';
import { EMULATOR_FOLDER } from './folders.ts';
import { preparePython } from './python-environment.ts';

/** @returns the path of the MiniStack executable, installed where it is missing. @throws OneLineFailure */
export async function installMiniStack(tell: (line: string) => void): Promise<string> {
  return preparePython(
    {
      name: 'MiniStack',
      folder: join(EMULATOR_FOLDER, 'venv'),
      requirements: join(import.meta.dirname, 'requirements.txt'),
      executable: 'ministack',
    },
    tell,
  );
}
