import { CommandError, UsageError } from '../errors.ts';
import { credentialChain } from './credentials.ts';

/** The stack output that holds the API's base URL. */
const OUTPUT = 'ApiEndpoint';

/** Reads the API's base URL from the outputs of a deployed stack. */
export async function findStackEndpoint(
  stack: string,
  options: { readonly region?: string; readonly profile?: string },
): Promise<string> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient({
    credentials: credentialChain(options.profile),
    ...(options.region !== undefined && { region: options.region }),
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  try {
    await requireRegion(client.config.region, stack);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const endpoint = apiEndpointOf(Stacks?.[0]?.Outputs ?? []);
    if (endpoint !== undefined) return endpoint;
  } finally {
    client.destroy();
  }
  throw new CommandError(`The stack ${stack} has no output ${OUTPUT}: is it a Drover stack?`, 'NotADroverStack');
}

/** A stack stands in one Region: without one there is nowhere to ask. */
async function requireRegion(region: () => Promise<string>, stack: string): Promise<void> {
  try {
    await region();
  } catch {
    throw new UsageError(`In which Region is the stack ${stack}? Say it with --region, or set AWS_REGION.`);
  }
}

/** The output's value: named exactly so, or, where the construct stands deeper in another stack, ending in it. */
export function apiEndpointOf(
  outputs: readonly { readonly OutputKey?: string | undefined; readonly OutputValue?: string | undefined }[],
): string | undefined {
  const exact = outputs.find((output) => output.OutputKey === OUTPUT);
  return (exact ?? outputs.find((output) => output.OutputKey?.includes(OUTPUT)))?.OutputValue;
}
