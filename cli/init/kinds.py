"""The kinds of applications that a new site can have: their files, and their part of the template.

An application is released after the first deployment, which creates the bucket or the repository. Until then, its
parameter is empty, and the servers run the sample application.
"""

from dataclasses import dataclass
from pathlib import Path

from cli.program_name import IN_CLONE

APPLICATIONS = Path(__file__).parent / "applications"

# The folder of the application in the site's folder.
FOLDER = "app"

# Files of a kind that are beside that folder.
SCRIPTS = ("release.sh", "get_wordpress.sh")

# Without root, and the same in a container and on a server.
PORT = 8080
HEALTH_CHECK_PATH = "/health"


@dataclass(frozen=True)
class Kind:
    """An application: the folders in `applications/` that have its files.

    `install` and `command` are those of an Artifact; empty for a container. `prepare` is a command that is needed once
    before a release, and after a change of the dependencies. `settings` are further lines of the site's
    properties, `servers` of its WebServers, and `resources` of the template's resources.
    """

    name: str
    folders: tuple[str, ...]
    install: tuple[str, ...] = ()
    command: str = ""
    prepare: str = ""
    # What `prepare` writes.
    prepared: str = ""
    settings: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    # Whether it can't run without one.
    needs_database: bool = False

    @property
    def is_container(self) -> bool:
        """Whether it is an image, and not an archive."""
        return not self.command

    def files(self) -> dict[str, str]:
        """Return the text of each file by its path in the site's folder."""
        return {
            str(Path("" if path.name in SCRIPTS else FOLDER) / path.relative_to(APPLICATIONS / folder)): path.read_text(
                encoding="utf-8"
            )
            for folder in self.folders
            for path in sorted((APPLICATIONS / folder).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }


# The part of start.sh that is the unit's.
END_IN_ORDER = "install -D --mode 644 service.conf /etc/systemd/system/website.service.d/service.conf"

# WordPress has eight keys and salts. They are made of this one secret, which the servers' role may read, and no other.
SALT = (
    "",
    "  # What the cookies of logged-in users are signed with. To log all of them out, change the length and deploy.",
    "  Salt:",
    "    Type: AWS::SecretsManager::Secret",
    "    Properties:",
    "      Description: The keys and salts of WordPress",
    "      GenerateSecretString:",
    "        PasswordLength: 64",
    "        ExcludePunctuation: true",
)

# The archives have the dependencies, so that a new server needs Amazon Linux's packages only: a server that starts at
# night must not depend on PyPI or npm. nginx with PHP-FPM, since `php -S` answers one request at a time, and is for
# development only. Source of the packages: "PHP in AL2023", "Python in AL2023" and "Node.js in AL2023".
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "php",
            ("fpm", "php"),
            install=("dnf install --quiet --assumeyes nginx php8.4-fpm php8.4-mysqlnd", END_IN_ORDER),
            command="exec bash start.sh",
        ),
        Kind(
            "python",
            ("python",),
            install=(
                "dnf install --quiet --assumeyes python3.11 python3.11-pip",
                "pip3.11 install --no-index --find-links wheels --requirement requirements.txt",
            ),
            command="exec python3.11 -m gunicorn app:application",
            prepare=(
                f"pip download --dest {FOLDER}/wheels --requirement {FOLDER}/requirements.txt --only-binary=:all: "
                "--python-version 3.11 --platform manylinux2014_aarch64"
            ),
            prepared=f"{FOLDER}/wheels/",
        ),
        Kind(
            "node",
            ("node",),
            install=(
                "dnf install --quiet --assumeyes nodejs22",
                "# Fails here rather than later, without the dependencies.",
                "node -e \"require('mysql2')\"",
            ),
            command="exec node server.js",
            prepare=f"npm install --prefix {FOLDER} --omit=dev",
            prepared=f"{FOLDER}/node_modules/",
        ),
        Kind("container", ("python", "container")),
        Kind(
            "wordpress",
            ("fpm", "wordpress"),
            install=(
                "dnf install --quiet --assumeyes nginx php8.4-fpm php8.4-mysqlnd php8.4-gd php8.4-mbstring php8.4-xml",
                END_IN_ORDER,
                "# Your themes and plugins, beside those that WordPress brings; uploads are in the shared folder.",
                "cp --recursive wp-content/. wordpress/wp-content",
                ". /etc/resilient-website/environment",
                'ln --symbolic --no-target-directory "$FILES_FOLDER/uploads" wordpress/wp-content/uploads',
                "install --mode 644 wordpress-cron.service wordpress-cron.timer /etc/systemd/system",
                "systemctl enable --now wordpress-cron.timer",
            ),
            command="exec bash wordpress.sh",
            prepare="bash get_wordpress.sh",
            prepared=f"{FOLDER}/wordpress/",
            settings=(
                "      # The uploads of all servers. It remains when the stack is deleted.",
                "      Files: true",
            ),
            servers=(
                "        Environment:",
                "          # Variables:",
                "          #   WP_HOME: https://www.example.com",
                "          Secrets:",
                "            WORDPRESS_SALT: !Ref Salt",
                "          OnChange: systemctl try-restart website",
            ),
            resources=SALT,
            needs_database=True,
        ),
    )
}


def parameters(kind: Kind) -> list[str]:
    """Return the template's lines for the parameter, and for the condition whether it has a value."""
    if kind.is_container:
        name, text = "Image", "The image with its digest, which release.sh sets; empty for the sample application"
    else:
        name, text = (
            "ReleaseKey",
            "The key of the archive, which the command release sets; empty for the sample application",
        )
    return [
        "Parameters:",
        f"  {name}:",
        "    Type: String",
        "    Default: ''",
        f"    Description: {text}",
        "",
        "Conditions:",
        f"  IsReleased: !Not [!Equals [!Ref {name}, '']]",
        "",
    ]


def application(kind: Kind) -> list[str]:
    """Return the lines of WebServers that are the application's."""
    lines = [
        f"        Port: {PORT}",
        f"        HealthCheckPath: {HEALTH_CHECK_PATH}",
        *kind.servers,
        "        # Before the first release, the servers run a sample application.",
    ]
    if kind.is_container:
        return [*lines, "        Container: !If", "          - IsReleased", "          - Image: !Ref Image", NOTHING]
    return [
        *lines,
        "        Artifact: !If",
        "          - IsReleased",
        "          - Bucket: !Ref Releases",
        "            Key: !Ref ReleaseKey",
        "            Install: |",
        *(f"              {line}" for line in kind.install),
        f"            Command: {kind.command}",
        NOTHING,
    ]


NOTHING = "          - !Ref AWS::NoValue"


def resources(kind: Kind) -> list[str]:
    """Return the lines of the resource that keeps the releases, and of the kind's own."""
    if kind.is_container:
        return [
            "",
            "  # Where release.sh pushes the images to. They are deleted with the stack.",
            "  Repository:",
            "    Type: AWS::ECR::Repository",
            "    Properties:",
            "      EmptyOnDelete: true",
            "      ImageTagMutability: IMMUTABLE",
        ]
    return [
        *kind.resources,
        "",
        "  # The archives of the releases. The bucket remains when the stack is deleted.",
        "  Releases:",
        "    Type: AWS::S3::Bucket",
        "    DeletionPolicy: RetainExceptOnCreate",
        "    UpdateReplacePolicy: Retain",
        "    Properties:",
        "      PublicAccessBlockConfiguration:",
        "        BlockPublicAcls: true",
        "        BlockPublicPolicy: true",
        "        IgnorePublicAcls: true",
        "        RestrictPublicBuckets: true",
    ]


def outputs(kind: Kind) -> list[str]:
    """Return the lines of the outputs."""
    if not kind.is_container:
        return []
    return [
        "  Repository:",
        "    Description: Where the images are pushed to",
        "    Value: !GetAtt Repository.RepositoryUri",
    ]


def release_commands(kind: Kind, stack: str, region: str, program: str = IN_CLONE) -> list[str]:
    """Return the commands that release the application, in the site's folder. `program` is the command line."""
    if kind.is_container:
        return ["bash release.sh"]
    released = f"{program} release {stack} {FOLDER} --region {region}"
    return [command for command in (kind.prepare, released) if command]
