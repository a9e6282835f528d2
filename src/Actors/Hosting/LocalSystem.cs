using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Hosting;

/// <summary>The actor system of one campaign on one machine: its journal and its log lie in the campaign's folder.</summary>
internal static class LocalSystem
{
    /// <summary>The log file's name in the campaign's folder.</summary>
    public const string LogName = "spiketrail.log";

    private const string JournalName = "journal.db";

    // Seconds: nobody but this process has anything to do in a journal for long.
    private const int LockPatience = 3;

    // SQLite's result codes.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>Whether a campaign was begun in a folder.</summary>
    public static bool HasJournal(string outputFolder) => File.Exists(Path.Combine(outputFolder, JournalName));

    /// <summary>Makes the actor system of a campaign's folder.</summary>
    /// <exception cref="InputException">The journal is damaged or locked, or it or the log cannot be written.</exception>
    public static ActorSystem Create(string outputFolder)
    {
        RefuseUnfitJournal(outputFolder);
        RefuseUnwritableLog(outputFolder);
        return ActorSystem.Create("spiketrail", Configuration(outputFolder));
    }

    public static Config Configuration(string outputFolder) =>
        Local(outputFolder)
            .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/akka.conf")))
            .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/serialization.conf")))
            .WithFallback(SqlPersistence.DefaultConfiguration);

    /// <summary>
    /// Has SQLite look over the whole journal: a damaged one would have a recovery wait in vain until its time is up, or
    /// leave facts out. One that is not there yet is made, so that a folder where that is impossible is told at once.
    /// </summary>
    private static void RefuseUnfitJournal(string outputFolder)
    {
        var path = Path.Combine(outputFolder, JournalName);
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = LockPatience }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check(1)";
            if (command.ExecuteScalar()?.ToString() is var found && found != "ok")
            {
                throw new InputException($"{path}: the journal is damaged: {found?.ReplaceLineEndings(" ")}; restore it from a copy, or give another folder");
            }

            // Facts can be written, and there is room for the tables that they go into: they take what is dropped here.
            command.CommandText = "DROP TABLE IF EXISTS room; CREATE TABLE room AS SELECT zeroblob(65536); DROP TABLE room";
            command.ExecuteNonQuery();
        }
        catch (SqliteException error) when (error.SqliteErrorCode is Busy or Locked)
        {
            throw new InputException($"{path}: the journal is locked by another program; close it, and run the same command again", error);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new InputException($"{path}: the journal is damaged: {error.Message}; restore it from a copy, or give another folder", error);
        }
        catch (SqliteException error)
        {
            throw new InputException($"{path}: the journal cannot be used: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static void RefuseUnwritableLog(string outputFolder)
    {
        var path = Path.Combine(outputFolder, LogName);
        try
        {
            using var log = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be written: {error.Message}", error);
        }
    }

    private static Config Local(string outputFolder)
    {
        var journal = new SqliteConnectionStringBuilder { DataSource = Path.Combine(outputFolder, JournalName) }.ToString();
        return ConfigurationFactory.ParseString($$"""
            spiketrail.log-file = {{Hocon.Quote(Path.Combine(outputFolder, LogName))}}
            akka.persistence.journal.sql {
              connection-string = {{Hocon.Quote(journal)}}
              provider-name = SQLite.MS
            }
            akka.persistence.snapshot-store.sql {
              connection-string = {{Hocon.Quote(journal)}}
              provider-name = SQLite.MS
            }
            """);
    }
}
