namespace SpikeTrail.Host.Cli;

/// <summary>How the program ends: what scripts can rely on.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something went wrong that is not the user's input.</summary>
    public const int Failed = 1;

    /// <summary>A command line, a configuration or a file that cannot be used.</summary>
    public const int BadInput = 2;

    /// <summary>Ctrl+C: what is done is kept. 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>A service manager's request to stop: as with Ctrl+C. 128 + SIGTERM.</summary>
    public const int Terminated = 143;
}
