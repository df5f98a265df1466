import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { JwksTokenIssuer } from '../../../shared/adapters/aws/jwks-token-issuer.ts';
import { createHandler } from './handler.ts';

const environment = readEnvironment('authorize-request');

export const handler = createHandler({
  tokens: new JwksTokenIssuer(environment),
});
