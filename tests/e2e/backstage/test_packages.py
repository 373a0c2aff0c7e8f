"""The packages for Backstage: their pure pieces, and what is published of them.

By default the packed files are laid beside the workspace's own installation, which shows what is missing in a package or its exports. With
CALLBOARD_SLOW=1 they are installed into an empty folder from the registry, which shows what is missing in their dependencies too.
"""

import json
import os
import shutil
import subprocess
import tarfile

import pytest

from support.node_process import node
from test_official_backend import REPO

WORKSPACE = REPO / "ui/backstage"
PACKAGES = ("plugin", "catalog-module", "scaffolder-module")
SCOPE = "@callboard"
NODE = node(WORKSPACE)


def run(command, folder, timeout=120):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packed(installed_sample_app, tmp_path_factory):
    """Each package as npm would publish it: {name: tarball}."""
    folder = tmp_path_factory.mktemp("packed")
    out = {}
    for package in PACKAGES:
        [info] = json.loads(run(["npm", "pack", "--workspace", package, "--pack-destination", folder, "--json"], WORKSPACE))
        out[info["name"]] = folder / info["filename"].replace("@", "").replace("/", "-")
    return out


@pytest.fixture(scope="module")
def fresh(packed, tmp_path_factory):
    """A folder that has the packages and what they need, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("fresh")
    (folder / "package.json").write_text('{"name": "fresh", "private": true, "type": "module"}')
    modules = folder / "node_modules"
    if os.environ.get("CALLBOARD_SLOW"):
        peers = ["react@18.3.1", "react-dom@18.3.1", "react-router-dom@6.30.4"]
        run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--prefer-offline",
             *map(str, packed.values()), *peers], folder, 600)
        return folder
    (modules / SCOPE).mkdir(parents=True)
    for entry in (WORKSPACE / "node_modules").iterdir():
        if entry.name != SCOPE:
            (modules / entry.name).symlink_to(entry)
    for name, tarball in packed.items():
        with tarfile.open(tarball) as tar:
            tar.extractall(folder / "unpacked")
        shutil.move(folder / "unpacked/package", modules / name)
    return folder


def test_the_pure_pieces(installed_sample_app):
    run([NODE, WORKSPACE / "node_modules/vitest/vitest.mjs", "run"], WORKSPACE)


def test_a_package_has_what_it_is_and_nothing_else(packed):
    for name, tarball in packed.items():
        with tarfile.open(tarball) as tar:
            files = [member.name.removeprefix("package/") for member in tar.getmembers()]
            manifest = json.load(tar.extractfile("package/package.json"))
        assert "README.md" in files and "dist/index.js" in files and "dist/index.d.ts" in files, name
        assert not [f for f in files if "test" in f or f.startswith("src/") or "tsbuildinfo" in f], files
        assert manifest["license"] == "Apache-2.0" and not manifest.get("private")
        # By these an app that is put together from packages, as Spotify's Portal, finds out what it has before it.
        of_backstage = manifest["backstage"]
        assert of_backstage["role"] in ("frontend-plugin", "backend-plugin-module") and of_backstage["pluginId"], name
        if of_backstage["role"] == "frontend-plugin":
            assert set(of_backstage["pluginPackages"]) == set(packed)


def test_the_modules_are_features_of_a_backend(fresh):
    for name in ("@callboard/backstage-plugin-catalog-backend-module", "@callboard/backstage-plugin-scaffolder-backend-module"):
        kind = run([NODE, "-e", f"import('{name}').then(m => console.log(m.default.$$type))"], fresh)
        assert kind.strip() == "@backstage/BackendFeature"


def test_the_plugin_has_both_frontend_systems_under_the_names_that_people_know(fresh):
    (fresh / "entry.js").write_text(
        "import plugin from '@callboard/backstage-plugin';\nimport * as legacy from '@callboard/backstage-plugin/legacy';\n"
        "globalThis.found = { id: plugin.pluginId ?? plugin.id, legacy: Object.keys(legacy), plugin: legacy.pagerDutyPlugin.getId() };\n")
    (fresh / "look.mjs").write_text(f"""
import {{ createRequire }} from 'node:module';
const require = createRequire('{WORKSPACE}/package.json');
const {{ build }} = require('esbuild');
const {{ chromium }} = require('playwright-core');
const images = {{ '.svg': 'dataurl', '.png': 'dataurl' }};
const define = {{ 'process.env.NODE_ENV': '"production"', 'process.env': '{{}}', global: 'globalThis' }};
const made = await build({{ entryPoints: ['entry.js'], bundle: true, write: false, preserveSymlinks: false, loader: images, define, logLevel: 'error' }});
const browser = await chromium.launch({{ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] }});
const page = await browser.newPage();
await page.evaluate(made.outputFiles[0].text);
console.log(JSON.stringify(await page.evaluate('found')));
await browser.close();
""")
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed")
    found = json.loads(run([NODE, "look.mjs"], fresh))
    assert found["id"] == found["plugin"] == "pagerduty"
    assert {"EntityPagerDutyCard", "EntityPagerDutySmallCard", "HomePagePagerDutyCard", "PagerDutyPage", "isPluginApplicableToEntity",
            "isPagerDutyAvailable", "isPagerDutySmallCardAvailable", "PagerDutyHomepageCard", "PagerDutyIcon", "PagerDutyClient", "TriggerButton",
            "UnauthorizedError", "plugin", "pagerDutyPlugin", "pagerDutyApiRef", "EntityPagerDutyRollUpCard"} <= set(found["legacy"])


def test_types_that_people_import_from_the_plugin_are_there(fresh):
    """An import of a type leaves nothing behind at run time, so only the compiler knows."""
    names = "EntityPagerDutyCardProps, EntityPagerDutySmallCardProps, HomePagePagerDutyCardProps, PagerDutyApi, PagerDutyEntity"
    (fresh / "types.ts").write_text(
        f"import type {{ {names} }} from '@callboard/backstage-plugin/legacy';\n"
        f"export type All = [{names}];\n"
        "export const shop: PagerDutyEntity = { name: 'shop', integrationKey: 'K', serviceId: 'P1', account: 'eu' };\n")
    run([NODE, WORKSPACE / "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "--jsx", "react-jsx", "--target", "es2022",
         "--module", "esnext", "--moduleResolution", "bundler", "--types", "", "types.ts"], fresh)
