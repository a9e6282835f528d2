using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Palettes;

/// <summary>Commands given to the palettes, with this test in the registry's place.</summary>
public abstract class PaletteTest : TestKit
{
    private readonly TestProbe _client;
    private IActorRef _palettes;

    protected PaletteTest(string config = "")
        : base(config)
    {
        Registry = CreateTestProbe();
        _client = CreateTestProbe();
        _palettes = Sys.ActorOf(PaletteActor.Props(new PaletteContext(Sys, Registry, Folder)));
    }

    protected string Folder { get; } = Directory.CreateTempSubdirectory("spiketrail-palettes-").FullName;

    private protected TestProbe Registry { get; }

    private protected TestProbe Client => _client;

    private protected void Use(Func<PaletteContext, PaletteContext> change) =>
        _palettes = Sys.ActorOf(PaletteActor.Props(change(new PaletteContext(Sys, Registry, Folder))));

    /// <summary>Gives a command as an operator would write it.</summary>
    protected void Give(string line) => _palettes.Tell(PaletteCatalog.Grammar.Parse(CommandWords.Split(line)), _client);

    /// <summary>Gives a command that no client of ours would send.</summary>
    protected void Give(PaletteCommand command) => _palettes.Tell(command, _client);

    /// <summary>What the registry is asked; it answers nothing by itself.</summary>
    protected Task<T> AskedAsync<T>()
        where T : ICampaignRequest => Registry.ExpectMsgAsync<T>().AsTask();

    /// <summary>What the client is answered.</summary>
    protected Task<PaletteResponse> AnswerAsync() => _client.ExpectMsgAsync<PaletteResponse>().AsTask();

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(Folder, recursive: true);
    }
}
