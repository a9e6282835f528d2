using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>A PostgreSQL server of its own, with its data in a temporary folder, on a free port of loopback.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-postgres-").FullName;
    private readonly string _binaries;
    private readonly int _port;

    private PostgresServer(string binaries) => (_binaries, _port) = (binaries, FreePort());

    /// <summary>How nodes reach it.</summary>
    public string Connection => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Timeout=5";

    /// <summary>Starts one, or says why that cannot be.</summary>
    public static PostgresServer? TryStart(out string whyNot)
    {
        var binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            : null;
        if (binaries is null)
        {
            whyNot = "PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb)";
            return null;
        }

        var server = new PostgresServer(binaries);
        try
        {
            server.Begin();
            whyNot = "";
            return server;
        }
        catch (InvalidOperationException error)
        {
            server.Dispose();
            whyNot = error.Message;
            return null;
        }
    }

    /// <summary>The campaigns' journal in it.</summary>
    public TrialJournal Journal() => new(() => new NpgsqlConnection($"{Connection};Pooling=false"));

    /// <summary>Restarts it: <c>fast</c> ends connections in order, <c>immediate</c> is what a crash is.</summary>
    public void Restart(string mode) => Control($"restart -m {mode}");

    public void Start() => Control("start");

    public void Stop() => Control("stop -m fast");

    public void Dispose()
    {
        try
        {
            Control("stop -m immediate");
        }
        catch (InvalidOperationException)
        {
            // It was not running.
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Begin()
    {
        if (Environment.IsPrivilegedProcess)
        {
            // It refuses to run as root.
            Run("chown", $"postgres {_folder}");
        }

        RunAsPostgres("initdb", $"-D {_folder}/data -U postgres -A trust --no-sync");
        File.AppendAllText(Path.Combine(_folder, "data", "postgresql.conf"), $"port = {_port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n");
        Start();
    }

    private void Control(string what) => RunAsPostgres("pg_ctl", $"-D {_folder}/data -l {_folder}/server.log -w -t 30 {what}");

    private void RunAsPostgres(string program, string arguments)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Run("setpriv", $"--reuid=postgres --regid=postgres --clear-groups {_binaries}/{program} {arguments}");
        }
        else
        {
            Run($"{_binaries}/{program}", arguments);
        }
    }

    private void Run(string program, string arguments)
    {
        // The server inherits what pg_ctl writes to: a pipe would never end.
        var output = Path.Combine(Path.GetTempPath(), $"spiketrail-{Path.GetRandomFileName()}");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {program} {arguments} > {output} 2>&1"]) { WorkingDirectory = _folder })!;
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} {arguments}: {File.ReadAllText(output).Trim()}");
            }
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
