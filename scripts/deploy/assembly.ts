/** What CDK has synthesised, as far as a deployment asks: which stacks, in which order, with what in them. */
import { AssetManifestArtifact, CloudAssembly } from 'aws-cdk-lib/cx-api';
import { partOfStack } from '../../lib/config/stack-name.ts';
import type { StageName } from '../../lib/config/stage.ts';

export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string;
  readonly Description?: string;
  readonly AllowedPattern?: string;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface PlannedStack {
  readonly name: string;
  /** The last part of its name: `stateful`, `market-data`. */
  readonly part: string;
  readonly template: Template;
}

export interface Assembly {
  readonly folder: string;
  /** Each behind those that must be up before it. */
  readonly stacks: readonly PlannedStack[];
  /** A stack's image is built when it is deployed, and that takes Docker. */
  readonly needsDocker: boolean;
}

export function readAssembly(folder: string, stage: StageName): Assembly {
  const assembly = new CloudAssembly(folder);
  return {
    folder,
    stacks: assembly.stacks.map(({ stackName, template }) => ({
      name: stackName,
      part: partOfStack(stage, stackName),
      template: template as Template,
    })),
    needsDocker: assembly.artifacts.some(
      (artifact) =>
        AssetManifestArtifact.isAssetManifestArtifact(artifact) &&
        Object.keys(artifact.contents.dockerImages ?? {}).length > 0,
    ),
  };
}
