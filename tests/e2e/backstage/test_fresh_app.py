"""What docs/getting-started says, done in an app that Backstage's own tool has just made: its commands and its lines, as they stand there.

The packages are installed as they are packed, the app is type-checked, bundled and looked at in a browser, and its configuration is checked.
"""

import json
import os
import re
import subprocess

import pytest

from support.node_process import node
from test_official_backend import REPO, installed_sample_app  # noqa: F401
from test_packages import WORKSPACE, packed  # noqa: F401
from walker import Walker

pytestmark = pytest.mark.skipif("CALLBOARD_FRESH_APP" not in os.environ, reason="CALLBOARD_FRESH_APP is not set: no app is made")

GUIDE = REPO / "docs/getting-started/backstage.md"
CREATE = ["npm", "exec", "--yes", "--package=yarn@1.22.22", "--package=@backstage/create-app@0.9.2", "--", "backstage-create-app"]
INSTALL_DEADLINE = 2400
BUILD_DEADLINE = 900
#: yarn 4.13 falls over its own second try of a request now and then, so it makes one and is called again.
INSTALL_TRIES = 3
#: No install script is needed to check and bundle.
YARN = {"YARN_ENABLE_SCRIPTS": "0", "YARN_ENABLE_TELEMETRY": "0", "YARN_HTTP_RETRY": "0"}


def blocks() -> list[str]:
    """The pieces of code in the part about Backstage itself."""
    part = GUIDE.read_text().partition("\n## Backstage\n")[2].partition("\n## ")[0]
    return [re.sub(r"(?m)^ {7}", "", block) for block in re.findall(r"(?m)(?:^ {7}.*\n)+", part)]


def block(beginning: str) -> str:
    [found] = [one for one in blocks() if one.startswith(beginning)]
    return found


def run(command, folder, seconds=BUILD_DEADLINE):
    # Backstage's tools want the Node that came with the packages, and yarn is the one that the app brings.
    path = os.pathsep.join([str(folder.parent / "bin"), os.path.dirname(node(WORKSPACE)), os.environ["PATH"]])
    environment = {**os.environ, **YARN, "PATH": path, "BACKSTAGE_APP_NAME": folder.name}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds)


def done(command, folder, seconds=BUILD_DEADLINE, tries=1):
    for _ in range(tries):
        became = run(command, folder, seconds)
        if became.returncode == 0:
            return
    pytest.fail(f"{' '.join(map(str, command))}:\n{became.stdout[-4000:]}{became.stderr[-4000:]}", pytrace=False)


def replaced(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1, f"{old} in {file}"
    file.write_text(text.replace(old, new))


def make(folder):
    """The app as the tool makes it, its packages installed."""
    folder.mkdir()
    done([*CREATE, "--skip-install", "--path", folder], folder)
    bin = folder.parent / "bin"
    bin.mkdir()
    [release] = (folder / ".yarn/releases").glob("yarn-*.cjs")
    (bin / "yarn").write_text(f'#!/bin/sh\nexec node {release} "$@"\n')
    (bin / "yarn").chmod(0o755)
    done(["yarn", "install"], folder, INSTALL_DEADLINE, INSTALL_TRIES)


@pytest.fixture(scope="module")
def app(packed, tmp_path_factory):  # noqa: F811
    """Where everything that the guide says has been done."""
    folder = tmp_path_factory.mktemp("fresh") / "app"
    make(folder)
    [tarballs] = {file.parent for file in packed.values()}
    for line in block("yarn ").splitlines():
        done(line.replace("UI/", f"{tarballs}/").split(), folder, INSTALL_DEADLINE, INSTALL_TRIES)

    config = folder / "app-config.yaml"
    config.write_text(config.read_text() + block("discovery:"))
    replaced(config, "connect-src: [\"'self'\", 'http:', 'https:']", block("connect-src:").strip())

    styles, plugin, features = block("import '@backstage/ui").splitlines()
    source = folder / "packages/app/src"
    assert styles.partition(";")[0] in (source / "index.tsx").read_text(), "newer templates have it"
    replaced(source / "App.tsx", "import catalogPlugin", f"{plugin}\nimport catalogPlugin")
    added = re.search(r"features: \[catalogPlugin, (\w+)\]", features)[1]
    replaced(source / "App.tsx", "features: [catalogPlugin, ", f"features: [catalogPlugin, {added}, ")
    (source / "old.tsx").write_text(f"""import {{ EntitySwitch }} from '@backstage/plugin-catalog';
import {{ Grid }} from '@material-ui/core';
import {{ Route }} from 'react-router-dom';
{block("import { EntityPagerDutyCard")}
export const card = ({block("<EntitySwitch>")});
export const page = ({block("<Route")});
""")
    replaced(folder / "packages/backend/src/index.ts", "backend.start();", f"{block('backend.add(')}backend.start();")
    return folder


def test_the_lines_of_the_guide_have_the_types_that_backstage_expects(app):
    done(["yarn", "tsc"], app)


def test_backstage_takes_the_configuration_of_the_guide(app):
    done(["yarn", "backstage-cli", "config:check", "--lax"], app)


@pytest.fixture(scope="module")
def bundle(app):
    """Where the frontend is bundled, as the backend takes it along."""
    done(["yarn", "build:backend"], app)
    return app / "packages/app/dist"


def test_frontend_and_backend_are_bundled(app, bundle):
    assert (bundle / "index.html").exists() and (app / "packages/backend/dist/bundle.tar.gz").exists()


def test_the_bundled_app_has_the_card_and_the_page(bundle, world, tmp_path):
    file = tmp_path / "world.json"
    file.write_text(json.dumps({**json.loads(world.read_text()), "fresh": str(bundle)}))
    walker = Walker(file)
    try:
        walker.walk("a_fresh_app_has_the_card_and_the_page")
    finally:
        walker.close()
