import { defineCommand, EXIT_DONE, EXIT_FAILED } from '../command-line/command.ts';
import { folderOfMarket } from '../command-line/data-folders.ts';
import { folder, port } from '../command-line/option-values.ts';
import { withDefault } from '../command-line/options.ts';
import { checkDataFolder, checkDisk, checkPort } from '../doctor/place-checks.ts';
import {
  checkBrowser,
  checkClickHouse,
  checkDocker,
  checkNode,
  checkPackages,
  checkPython,
} from '../doctor/tool-checks.ts';

export const command = defineCommand({
  description:
    'Each line is ok, missing (the platform cannot run without it) or optional (one job needs it), with the\n' +
    'command that gets it. Ends with 1 when something is missing.',
  options: {
    dataDir: withDefault(folder, folderOfMarket('simulated'), 'the data folder that start would use'),
    port: withDefault(port, '8080', 'the port that start would use'),
  },
  examples: [
    { line: 'npx millrace doctor --format table', what: 'looks at this machine' },
    { line: 'npx millrace doctor --port 9000 --data-dir /var/lib/millrace', what: 'before starting there' },
  ],
  run: async (values, io) => {
    const checks = [
      checkNode(process.version, process.execPath),
      await checkPackages(),
      await checkClickHouse(),
      await checkPort(values.port),
      checkDisk(values.dataDir),
      checkDataFolder(values.dataDir),
      ...(await Promise.all([checkPython(), checkDocker(), checkBrowser()])),
    ];
    io.print(checks);
    return checks.some((check) => check.status === 'missing') ? EXIT_FAILED : EXIT_DONE;
  },
});
