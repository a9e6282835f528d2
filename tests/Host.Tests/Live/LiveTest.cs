using Akka.Actor;
using Akka.TestKit.Xunit;
using SpikeTrail.Host.Live;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Tests.Live;

/// <summary>Live pages, before an actor that answers as a registry does.</summary>
public abstract class LiveTest : TestKit
{
    protected static readonly CampaignId Demo = new("demo");

    private protected static readonly LiveEndpoint AnyPort = new("127.0.0.1", 0);

    private static readonly RunId Run = new("net/data/1");

    private readonly Dictionary<Type, Func<object>> _answers = [];

    protected LiveTest()
    {
        Answer<ListCampaigns>(() => new CampaignList([Summary()]));
        Answer<ShowCampaign>(() => new CampaignDetails(
            Summary(),
            [new RunStatus(Run, 1, 3, 2, 8, GivenUp: false)],
            [
                new PipelineStatus("demo-1", Demo, Run, "epoch 2", new WorkProgress(30, 60, 2.25, 0.5, null),
                    [new LayerGroupStatus(0, "conv1, bn1", new DeviceId("127.0.0.1:4053", "cpu"), 4096, 7, 12.34, 0, 0, 0.75, null)]),
            ],
            [new WorkFailed(Run, "epoch 1", 1, "lost", GaveUp: false)]));
        Answer<ListCells>(() => new CellList([new CellStatus(Run, "strict", "pgd", 8, 3, 4, 10, 0.25), new CellStatus(Run, "strict", "pgd", 16, 0, 0, 10, null)]));
        Registry = Sys.ActorOf(Props.Create(() => new Answering(_answers)));
    }

    protected string Folder { get; } = Directory.CreateTempSubdirectory("spiketrail-live-").FullName;

    /// <summary>How far the campaign is: a test may go on with it.</summary>
    protected long Done { get; set; } = 50;

    protected CampaignStanding Standing { get; set; } = CampaignStanding.Running;

    protected IActorRef Registry { get; }

    private protected LiveSource Source => new("node here", Task.FromResult(Registry), campaign => Path.Combine(Folder, campaign.Value)) { AnswerTimeout = TimeSpan.FromSeconds(3) };

    /// <summary>Has requests of a kind answered otherwise; null for not at all.</summary>
    private protected void Answer<T>(Func<object>? answer)
        where T : ICampaignRequest
    {
        if (answer is null)
        {
            _answers.Remove(typeof(T));
        }
        else
        {
            _answers[typeof(T)] = answer;
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(Folder, recursive: true);
    }

    private CampaignSummary Summary() => new(Demo, Standing, Done, 100, 1, "a note");

    private sealed class Answering : ReceiveActor
    {
        public Answering(Dictionary<Type, Func<object>> answers) => Receive<ICampaignRequest>(request =>
        {
            if (answers.TryGetValue(request.GetType(), out var answer))
            {
                Sender.Tell(answer());
            }
        });
    }
}
