import { join } from 'node:path';
import { EMULATOR_FOLDER } from './folders.ts';
import { makePythonEnvironment } from './python-environment.ts';

/** @returns the path of the MiniStack executable. @throws OneLineFailure when it cannot be installed. */
export async function installMiniStack(tell: (line: string) => void): Promise<string> {
  const bin = await makePythonEnvironment(
    {
      name: 'MiniStack',
      folder: join(EMULATOR_FOLDER, 'venv'),
      requirements: join(import.meta.dirname, 'requirements.txt'),
    },
    tell,
  );
  return join(bin, 'ministack');
}
