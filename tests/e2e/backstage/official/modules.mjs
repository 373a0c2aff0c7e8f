// PagerDuty's own modules for Backstage's backend, from the source of their packages, which npm does not have, as one file that Node
// can load: `node modules.mjs WORKSPACE PLUGINS OUT`. Only TypeScript is taken out of them; everything else they find when they run.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [workspace, plugins, outfile] = process.argv.slice(2);
const sample = createRequire(join(workspace, 'sample-app/index.js'));
const beside = createRequire(join(plugins, 'index.js'));

/** What Backstage's packages export elsewhere since the modules were written. */
const MOVED = { '@backstage/plugin-catalog-node/alpha': '@backstage/plugin-catalog-node' };

/** Of Backstage there is one copy, the sample app's; what only the modules need is found beside them. */
function find(name) {
  try {
    return sample.resolve(name);
  } catch {
    return beside.resolve(name);
  }
}

await sample('esbuild').build({
  stdin: {
    contents: `
      import processor from './backstage-plugin-entity-processor/src';
      import actions from './backstage-plugin-scaffolder-actions/src';
      export const modules = [processor, actions];
    `,
    resolveDir: plugins,
  },
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  logLevel: 'error',
  plugins: [
    {
      name: 'found',
      setup(build) {
        build.onResolve({ filter: /^@pagerduty\/backstage-plugin-common$/ }, () => ({ path: join(plugins, 'backstage-plugin-common/src/index.ts') }));
        build.onResolve({ filter: /^@?[a-z]/ }, ({ path }) => ({ path: find(MOVED[path] ?? path), external: true }));
      },
    },
  ],
});
