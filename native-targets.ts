/**
 * Where the native code for a system is: koffi, which terminals on Linux and macOS and everything on Windows need. koffi has
 * a package for each system and processor, with one binary for each C library.
 */
export interface NativeTarget {
  /** The npm package with the binary. */
  readonly package: string;
  /** Its folder in the package. */
  readonly folder: string;
}

/** The systems that get a package of their own, by the names that VS Code has for them. */
export const NATIVE_TARGETS: Readonly<Record<string, NativeTarget>> = {
  'alpine-arm64': { package: '@koromix/koffi-linux-arm64', folder: 'musl_arm64' },
  'alpine-x64': { package: '@koromix/koffi-linux-x64', folder: 'musl_x64' },
  'darwin-arm64': { package: '@koromix/koffi-darwin-arm64', folder: 'darwin_arm64' },
  'darwin-x64': { package: '@koromix/koffi-darwin-x64', folder: 'darwin_x64' },
  'linux-arm64': { package: '@koromix/koffi-linux-arm64', folder: 'linux_arm64' },
  'linux-armhf': { package: '@koromix/koffi-linux-arm', folder: 'linux_armhf' },
  'linux-x64': { package: '@koromix/koffi-linux-x64', folder: 'linux_x64' },
  'win32-arm64': { package: '@koromix/koffi-win32-arm64', folder: 'win32_arm64' },
  'win32-x64': { package: '@koromix/koffi-win32-x64', folder: 'win32_x64' },
};

/** The package without native code, for all other systems. Its jobs have pipes. */
export const UNIVERSAL = 'universal';

/** Returns the target for the system that this process runs on. */
export function currentTarget(): string {
  const { platform, arch } = process;
  const isMusl =
    platform === 'linux' &&
    (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
      .glibcVersionRuntime === undefined;
  const target = `${isMusl ? 'alpine' : platform}-${arch === 'arm' ? 'armhf' : arch}`;
  return Object.hasOwn(NATIVE_TARGETS, target) ? target : UNIVERSAL;
}
