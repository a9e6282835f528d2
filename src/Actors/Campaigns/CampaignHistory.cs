using Akka.Actor;
using Akka.Persistence;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>What a campaign's journal says, read without running the campaign.</summary>
public static class CampaignHistory
{
    /// <summary>What the facts are journalled under.</summary>
    internal const string JournalId = "campaign";

    /// <summary>Reads a campaign's journal.</summary>
    /// <param name="folder">The campaign's folder.</param>
    /// <returns>The state of a campaign that was begun: its first fact is in it.</returns>
    /// <exception cref="InputException">The folder is none of a campaign's, or in use, or its journal cannot be read.</exception>
    public static async Task<CampaignState> ReadAsync(string folder)
    {
        if (!LocalSystem.HasJournal(folder))
        {
            throw new InputException($"{folder}: {(Directory.Exists(folder) ? "no campaign was begun here" : "no such folder")}; expected the output folder of a campaign");
        }

        using var held = OutputFolder.Take(folder, called: folder);
        using var system = LocalSystem.Create(Path.GetFullPath(folder));
        try
        {
            var state = await ReadAsync(system, folder);
            return state.Accepted is null
                ? throw new InputException($"{folder}: no campaign was begun here; expected the output folder of a campaign")
                : state;
        }
        finally
        {
            await system.Terminate();
        }
    }

    /// <summary>Reads the journal of an actor system: of a campaign that may not be begun.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    internal static Task<CampaignState> ReadAsync(ActorSystem system, string folder)
    {
        var read = new TaskCompletionSource<CampaignState>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new Reader(folder, read)));
        return read.Task;
    }

    /// <summary>Recovers what the supervisor journalled, and journals nothing.</summary>
    private sealed class Reader : ReceivePersistentActor
    {
        private readonly string _folder;
        private readonly TaskCompletionSource<CampaignState> _read;
        private CampaignState _state = CampaignState.Empty;

        public Reader(string folder, TaskCompletionSource<CampaignState> read)
        {
            (_folder, _read) = (folder, read);
            Recover<ICampaignFact>(fact => _state = _state.Apply(fact));
            Recover<RecoveryCompleted>(_ => read.TrySetResult(_state));
        }

        public override string PersistenceId => JournalId;

        protected override void OnRecoveryFailure(Exception reason, object? message) =>
            _read.TrySetException(new InputException($"{_folder}: the journal is damaged: {reason.GetBaseException().Message.ReplaceLineEndings(" ")}", reason));
    }
}
