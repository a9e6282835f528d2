using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Palettes;

public sealed class CampaignPaletteTests : PaletteTest
{
    private static readonly CampaignId Demo = new("demo");

    private static readonly RunId Run = new("net/data/1");

    [Fact]
    public async Task A_campaign_starts_from_a_file()
    {
        var file = Path.Combine(Folder, "mine.conf");
        await File.WriteAllTextAsync(file, """
            campaign {
              name = mine
              networks = [{ name = small, depth = 10 }]
              data-sets = [{ name = fashion-mnist-mini }]
            }
            pipeline.layer-groups = 2
            """);

        Give($"campaign start {file} -s campaign.training.epochs=3 -s campaign.training.batch-size=8");

        var asked = await AskedAsync<SubmitCampaign>();
        Assert.Equal(new CampaignId("mine"), asked.Campaign);
        Assert.Equal((3, 8, 2), (asked.Spec.Training.Epochs, asked.Spec.Training.BatchSize, asked.Pipeline.LayerGroups));
        Registry.Reply(new RequestDone("mine is accepted"));
        Assert.Equal(new PaletteResponse("mine is accepted"), await AnswerAsync());
    }

    [Fact]
    public async Task A_campaign_that_comes_along_starts_by_its_name_under_any_other_and_smaller()
    {
        Give("campaign start demo -n demo-2 -x 0.25");

        var asked = await AskedAsync<SubmitCampaign>();
        Assert.Equal(new CampaignId("demo-2"), asked.Campaign);
        Assert.Equal(("demo", 1), (asked.Spec.Name, asked.Spec.Training.Epochs));
    }

    [Theory]
    [InlineData("start /nowhere.conf", "/nowhere.conf: there is no such file")]
    [InlineData("start /", "/: is a folder, expected a campaign file")]
    [InlineData("start demmo", "demmo: no such campaign comes with SpikeTrail; did you mean demo? (there are ")]
    [InlineData("start demo -s campaign.epochs=3", "--set: campaign.epochs: unknown key")]
    [InlineData("start demo -s epochs", "--set epochs: expected KEY=VALUE")]
    [InlineData("start demo -x 2", "--scale 2: expected a number above 0 and up to 1")]
    [InlineData("start demo -n ../../etc", "campaign start: -n NAME: expected a campaign's name: up to 64 small letters")]
    [InlineData("start demo -n Demo", "campaign start: -n NAME: expected a campaign's name")]
    [InlineData("status ../demo", "campaign status: CAMPAIGN: expected a campaign's name")]
    [InlineData("status /etc/passwd", "campaign status: CAMPAIGN: expected a campaign's name")]
    [InlineData("tail ..", "campaign tail: CAMPAIGN: expected a campaign's name")]
    [InlineData("pause a/b", "campaign pause: CAMPAIGN: expected a campaign's name")]
    [InlineData("resume .", "campaign resume: CAMPAIGN: expected a campaign's name")]
    [InlineData("cancel a\\\\b", "campaign cancel: CAMPAIGN: expected a campaign's name")]
    [InlineData("retry ~", "campaign retry: CAMPAIGN: expected a campaign's name")]
    [InlineData("report ..%2f", "campaign report: CAMPAIGN: expected a campaign's name")]
    public async Task What_cannot_be_done_is_refused_in_a_line_and_asks_nobody(string command, string refusal)
    {
        Give($"campaign {command}");

        var answer = await AnswerAsync();
        Assert.StartsWith(refusal, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', answer.Text);
        Assert.True(answer is { Final: true, IsError: true, IsBadInput: true });
        await Registry.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_report_of_what_is_not_measured_yet_is_refused()
    {
        Give("campaign report demo");

        var answer = await AnswerAsync();
        Assert.StartsWith("demo: no results at ", answer.Text, StringComparison.Ordinal);
        Assert.True(answer is { Final: true, IsError: true, IsBadInput: false });
    }

    [Fact]
    public async Task A_file_that_looks_like_text_but_never_ends_is_refused()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "no /dev/zero here");

        Give("campaign start /dev/zero");

        Assert.Equal("/dev/zero: expected a campaign file, found more than 1,048,576 characters", (await AnswerAsync()).Text);
    }

    [Fact]
    public async Task A_command_that_no_client_would_send_is_refused()
    {
        Give(new PaletteCommand("campaign", "destroy", []));
        Assert.True((await AnswerAsync()).IsError);

        Give(new PaletteCommand("campaign", "pause", [new("campaign", "a"), new("campaign", "b")]));
        Assert.True((await AnswerAsync()).IsError);
        await Registry.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task The_list_is_a_table()
    {
        Give("campaign list");
        await AskedAsync<ListCampaigns>();
        Registry.Reply(new CampaignList(
        [
            new(Demo, CampaignStanding.Running, 4230, 10_000, 1, null),
            new(new("table-1"), CampaignStanding.Refused, 0, 0, 0, "cifar-100 is\nnot found"),
        ]));

        Assert.Equal(
            """
            campaign  standing     done  image passes  failures  note
            demo      running   42.30 %        10,000         1
            table-1   refused         –             –         0  cifar-100 is not found
            """.ReplaceLineEndings("\n"),
            (await AnswerAsync()).Text);
    }

    [Fact]
    public async Task An_empty_list_says_how_to_begin()
    {
        Give("campaign list");
        await AskedAsync<ListCampaigns>();
        Registry.Reply(new CampaignList([]));

        Assert.Equal(new PaletteResponse("no campaigns; begin with `campaign start demo`"), await AnswerAsync());
    }

    [Fact]
    public async Task The_status_shows_runs_pipelines_and_failures()
    {
        Give("campaign status demo");
        Assert.Equal(Demo, (await AskedAsync<ShowCampaign>()).Campaign);
        Registry.Reply(new CampaignDetails(
            new(Demo, CampaignStanding.Running, 4230, 10_000, 1, null),
            [new(Run, 2, 4, 0, 18, GivenUp: false), new(new("other/data/1"), 1, 4, 0, 18, GivenUp: true)],
            [new("demo-1", Demo, Run, "epoch 3", null, [new(0, "conv1", new("127.0.0.1:4053", "cpu"), 1 << 20, 10, 2.5, 0, 0, null, null)])],
            [new(new("other/data/1"), "epoch 2", 4, "out of memory", GaveUp: true)]));

        Assert.Equal(
            """
            demo is running: 42.30 % of 10,000 image passes, 1 failure

            run           epochs  shards  note
            net/data/1       2/4    0/18
            other/data/1     1/4    0/18  given up: `campaign retry` takes it up again

            pipeline  run         at       devices
            demo-1    net/data/1  epoch 3  127.0.0.1:4053/cpu

            failed: other/data/1 epoch 2, attempt 4: out of memory; given up, the campaign goes on without it
            """.ReplaceLineEndings("\n"),
            (await AnswerAsync()).Text);
    }

    [Fact]
    public async Task Pause_resume_cancel_and_retry_are_passed_on()
    {
        await PassedOnAsync("pause", new PauseCampaign(Demo));
        await PassedOnAsync("resume", new ResumeCampaign(Demo));
        await PassedOnAsync("cancel", new CancelCampaign(Demo));
        await PassedOnAsync("retry", new RetryCampaign(Demo));
    }

    [Fact]
    public async Task A_refusal_of_the_registry_is_an_error()
    {
        Give("campaign resume demo");
        await AskedAsync<ResumeCampaign>();
        Registry.Reply(new RequestRefused("demo is not paused"));

        Assert.Equal(new PaletteResponse("demo is not paused", IsError: true), await AnswerAsync());
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_told()
    {
        Use(context => context with { AnswerTimeout = TimeSpan.FromMilliseconds(50) });

        Give("campaign list");

        var answer = await AnswerAsync();
        Assert.StartsWith("no supervisor reachable: ", answer.Text, StringComparison.Ordinal);
        Assert.True(answer is { Final: true, IsError: true });
    }

    [Fact]
    public async Task A_report_shows_the_main_table_and_writes_the_whole()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "demo")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, CampaignReport.ResultsFile), ResultsJson.Write(SampleResults.Campaign));

        Give("campaign report demo");

        var answer = await AnswerAsync();
        var report = Path.Combine(folder, CampaignReport.PageFile);
        Assert.StartsWith("pool-comparison\n\n", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith($"report: {report}", answer.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(report));
        Assert.False(answer.IsError);
    }

    private async Task PassedOnAsync<T>(string command, T expected)
        where T : ICampaignRequest
    {
        Give($"campaign {command} demo");

        Assert.Equal(expected, await AskedAsync<T>());
        Registry.Reply(new RequestDone($"{command} done"));
        Assert.Equal(new PaletteResponse($"{command} done"), await AnswerAsync());
    }
}
