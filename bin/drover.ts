import { main } from '../cli/main.ts';
import { processIo } from '../cli/process-io.ts';

// The AWS SDK's notice about the age of this Node is for those who choose its version, not for those who run a command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.exitCode = await main(process.argv.slice(2), processIo());
