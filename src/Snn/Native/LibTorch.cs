using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace SpikeTrail.Snn.Native;

/// <summary>
/// Which libtorch this process computes with. It is the one in the output folder, unless <see cref="FolderVariable"/> names a
/// folder that holds another: a CUDA build, or the lib folder of a PyTorch installation.
/// </summary>
/// <remarks>
/// The variable is honoured as soon as anything of this assembly is touched, before TorchSharp loads what the output folder holds.
/// Where that fails, nothing falls back in silence: <see cref="Load"/> and every tensor operation throw <see cref="LibTorchException"/>.
/// </remarks>
public static class LibTorch
{
    /// <summary>The environment variable that names a folder with another libtorch.</summary>
    public const string FolderVariable = "SPIKETRAIL_LIBTORCH";

    private const string CpuLibrary = "libtorch_cpu.so";

    // In the order in which they need each other. The loader knows a library by its SONAME once it is loaded, so what comes later,
    // libLibTorchSharp.so last, binds to these files whatever its own search path says.
    private static readonly (string File, bool Required)[] Libraries =
    [
        ("libc10.so", true),
        (CpuLibrary, true),
        ("libc10_cuda.so", false),
        ("libtorch_cuda.so", false),
        ("libtorch.so", true),
    ];

    private static LibTorchException? _failure;

    /// <summary>The version of libtorch itself, as it says.</summary>
    public static string Version
    {
        get
        {
            Load();
            return OwnVersion() ?? torch.__version__;
        }
    }

    /// <summary>The folder from which libtorch was really mapped (links resolved), or null where the system does not tell.</summary>
    public static string? Location
    {
        get
        {
            Load();
            return MappedFolder();
        }
    }

    /// <summary>What tensors can live on: <c>cpu</c>, then <c>cuda:0</c> and so on.</summary>
    public static IReadOnlyList<string> Devices
    {
        get
        {
            Load();
            var cudaDevices = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
            return ["cpu", .. Enumerable.Range(0, cudaDevices).Select(index => $"cuda:{index}")];
        }
    }

    /// <summary>Threads that one operation may use.</summary>
    public static int Threads
    {
        get
        {
            Load();
            return torch.get_num_threads();
        }
    }

    /// <summary>Operations that libtorch itself may run side by side.</summary>
    public static int InteropThreads
    {
        get
        {
            Load();
            return torch.get_num_interop_threads();
        }
    }

    /// <summary>Makes sure that libtorch is there, from where it was asked for. May be called any number of times.</summary>
    /// <exception cref="LibTorchException">It is not there, or not usable.</exception>
    public static void Load()
    {
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            Heap.KeepFreedMemory();
        }
        catch (NotSupportedException exception)
        {
            throw new LibTorchException(
                $"libtorch could not be loaded from {AppContext.BaseDirectory}. Set {FolderVariable} to a folder that holds {RequiredFiles()}.", exception);
        }
    }

    /// <summary>The address of a C function of libtorch or of a library that it needs, such as its OpenMP; 0 where there is none.</summary>
    internal static nint Export(string name)
    {
        Load();
        return MappedFolder() is { } folder
            && NativeLibrary.TryLoad(Path.Combine(folder, CpuLibrary), out var library)
            && NativeLibrary.TryGetExport(library, name, out var function) ? function : 0;
    }

    // CA2255 warns of module initializers in libraries. This one acts only where the user asked for it by name, and it must come
    // before the first tensor, which may well be made by a caller's own line of TorchSharp.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void HonourFolderVariable()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } folder)
        {
            return;
        }

        try
        {
            LoadFrom(Path.GetFullPath(folder));
        }
        catch (LibTorchException exception)
        {
            // Thrown here it would reach callers as a TypeInitializationException.
            _failure = exception;
            NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (_, _, _) => throw exception);
        }
    }

    private static void LoadFrom(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new LibTorchException($"{FolderVariable} is {folder}, but the variable is for Linux only.");
        }

        if (!Directory.Exists(folder))
        {
            throw new LibTorchException($"{FolderVariable} is {folder}, which is not a folder; expected one that holds {RequiredFiles()}.");
        }

        var missing = Libraries.Where(library => library.Required && !File.Exists(Path.Combine(folder, library.File))).Select(library => library.File).ToList();
        if (missing.Count > 0)
        {
            throw new LibTorchException($"{FolderVariable} is {folder}, which lacks {string.Join(", ", missing)}; expected a folder that holds {RequiredFiles()}.");
        }

        if (MappedFolder() is { } loaded)
        {
            throw new LibTorchException($"{FolderVariable} is {folder}, but libtorch was loaded from {loaded} before the variable could be read; call LibTorch.Load() first.");
        }

        foreach (var (file, required) in Libraries)
        {
            var path = Path.Combine(folder, file);
            if (required || File.Exists(path))
            {
                LoadOrThrow(() => NativeLibrary.Load(path), $"{FolderVariable} is {folder}, but {file} there cannot be loaded");
            }
        }

        // TorchSharp's first act (it is in torch's static constructor) is to load "torch_cpu" or "torch_cuda" by that name, and .NET
        // would find the output folder's file: a second libtorch, which ends the process. Before it tries the name with "lib" in
        // front it asks the loader for the bare one, so that is answered here. TorchSharp makes no use of what it gets.
        EmptyLibrary.Load("torch_cpu.so");
        EmptyLibrary.Load("torch_cuda.so");

        LoadOrThrow(
            () => NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null),
            $"{FolderVariable} is {folder}, but the libtorch there does not fit this TorchSharp");
    }

    private static void LoadOrThrow(Func<nint> load, string otherwise)
    {
        try
        {
            load();
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new LibTorchException($"{otherwise}: {exception.Message.Trim()}", exception);
        }
    }

    private static string RequiredFiles() => string.Join(", ", Libraries.Where(library => library.Required).Select(library => library.File));

    private static string? MappedFolder()
    {
        const string maps = "/proc/self/maps";
        if (!File.Exists(maps))
        {
            return null;
        }

        var line = File.ReadLines(maps).FirstOrDefault(line => line.EndsWith("/" + CpuLibrary, StringComparison.Ordinal));
        return line is null ? null : Path.GetDirectoryName(line[line.IndexOf('/')..]);
    }

    private static unsafe string? OwnVersion()
    {
        if (Export("aoti_torch_abi_version") is not (var function and not 0))
        {
            return null;
        }

        // One byte each, from the top: major, minor, patch.
        var version = ((delegate* unmanaged<ulong>)function)();
        return $"{version >> 56}.{(version >> 48) & 0xff}.{(version >> 40) & 0xff}";
    }
}
