using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace SpikeTrail.Actors.Hosting;

/// <summary>Akka.NET's log as lines of a file, <c>spiketrail.log-file</c>: the terminal belongs to progress and results.</summary>
public sealed class LogFile : ReceiveActor
{
    private StreamWriter? _writer;

    /// <summary>A logger, made by Akka.NET itself.</summary>
    public LogFile()
    {
        Receive<InitializeLogger>(_ =>
        {
            _writer = new StreamWriter(Context.System.Settings.Config.GetString("spiketrail.log-file"), append: true) { AutoFlush = true };
            Sender.Tell(new LoggerInitialized());
        });
        Receive<LogEvent>(Write);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (IOException)
        {
            // As above: what could not be written then cannot be now.
        }
    }

    private void Write(LogEvent entry)
    {
        try
        {
            _writer?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{entry.Timestamp:yyyy-MM-dd HH:mm:ss.fff} {entry.LogLevel()} {entry.LogSource} {entry.Message}{Cause(entry)}"));
        }
        catch (IOException)
        {
            // A full disk: what matters is journalled, and whoever journals it says so.
        }
    }

    private static string Cause(LogEvent entry) => entry.Cause is null ? "" : $"{Environment.NewLine}{entry.Cause}";
}
