import { openAwsGivenUp } from '../../../shared/adapters/aws/aws-given-up.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({ givenUp: openAwsGivenUp(readEnvironment('redrive-given-up')) });
