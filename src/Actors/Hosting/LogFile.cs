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
        Receive<LogEvent>(entry => _writer?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{entry.Timestamp:yyyy-MM-dd HH:mm:ss.fff} {entry.LogLevel()} {entry.LogSource} {entry.Message}{Cause(entry)}")));
    }

    /// <inheritdoc/>
    protected override void PostStop() => _writer?.Dispose();

    private static string Cause(LogEvent entry) => entry.Cause is null ? "" : $"{Environment.NewLine}{entry.Cause}";
}
