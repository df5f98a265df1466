import { MAX_TOKEN_LIFETIME_SECONDS, openTokenIssuer } from '../../embedded/token-issuer.ts';
import { assertDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { ROLES } from '../../shared/contracts/roles.ts';
import { defineCommand, EXIT_DONE } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { folderToRead, folderUsedLast } from '../command-line/data-folders.ts';
import { choice, integer, text } from '../command-line/option-values.ts';
import { withDefault } from '../command-line/options.ts';

export const command = defineCommand({
  description:
    'Signs with the key of the data folder, which a running platform on that folder believes. The token is for\n' +
    'the Authorization header (Bearer), or behind #token= in the dashboard’s address.',
  options: {
    dataDir: folderToRead('the data folder of the platform'),
    subject: withDefault(text('NAME'), 'owner', 'who it is for: it names who engaged the kill switch'),
    role: withDefault(choice(ROLES), 'operator', 'what it allows: each may all that the one before it may'),
    lifetime: withDefault(integer(1, MAX_TOKEN_LIFETIME_SECONDS), '86400', 'seconds'),
  },
  examples: [
    {
      line: 'npx millrace token --role viewer --lifetime 3600',
      what: 'a token for an hour that changes nothing',
    },
    {
      line: `curl -H "authorization: Bearer $(npx millrace token --format table)" http://127.0.0.1:8080/v1/portfolio`,
      what: 'asks the API',
    },
  ],
  run: async (values, io) => {
    const token = await dataFolderErrors(async () => {
      // A key in a folder that no platform works on would sign tokens that nobody believes.
      const dataDir = folderUsedLast(values.dataDir, io);
      assertDataFolder(dataDir);
      const issuer = await openTokenIssuer(dataDir);
      return issuer.mint({ subject: values.subject, role: values.role, ttlSeconds: values.lifetime });
    });
    io.print(token);
    return EXIT_DONE;
  },
});
