using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Tests.Campaigns;

public sealed class AttemptsTests
{
    private static readonly RunId Run = new("narrow/made-up/7");

    private readonly Attempts _attempts = new(new PipelineSpec { MaxRetries = 0 });

    [Fact]
    public void A_run_is_left_out_when_three_of_its_pieces_were_given_up()
    {
        GiveUp("slice 1", "slice 2");
        Assert.False(_attempts.IsLeftOut(new WorkKey(Run, "slice 3")));

        GiveUp("slice 4");
        Assert.True(_attempts.IsLeftOut(new WorkKey(Run, "slice 3")));
        Assert.False(_attempts.IsLeftOut(new WorkKey(new RunId("narrow/made-up/8"), "slice 3")));
    }

    [Fact]
    public void Samples_that_were_given_up_are_no_piece_of_their_run()
    {
        GiveUp("samples");
        Assert.True(_attempts.AnyGivenUp);
        Assert.False(_attempts.AnyGivenUpOf(Run));
        Assert.True(_attempts.IsLeftOut(WorkKey.Samples(Run)));

        GiveUp("slice 1", "slice 2");
        Assert.True(_attempts.AnyGivenUpOf(Run));
        Assert.False(_attempts.IsLeftOut(new WorkKey(Run, "slice 3")));
    }

    private void GiveUp(params IEnumerable<string> pieces)
    {
        foreach (var piece in pieces)
        {
            Assert.True(_attempts.CountFailure(new WorkKey(Run, piece)).GivesUp);
        }
    }
}
