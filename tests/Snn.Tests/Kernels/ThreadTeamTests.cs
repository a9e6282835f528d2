using SpikeTrail.Snn.Kernels;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Kernels;

public sealed class ThreadTeamTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    public ThreadTeamTests() => set_num_threads(3);

    public void Dispose() => set_num_threads(_threads);

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(11, 4)]
    [InlineData(1000, 4)]
    [InlineData(11, 1)]
    public void Every_piece_is_done_once(int pieces, int grains)
    {
        var done = new int[pieces];

        ThreadTeam.Run(
            pieces,
            (first, last) =>
            {
                for (var piece = first; piece < last; piece++)
                {
                    Interlocked.Increment(ref done[piece]);
                }
            },
            grains);

        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void A_team_within_a_team_does_its_work_too()
    {
        var done = 0;

        ThreadTeam.Run(6, (first, last) => ThreadTeam.Run(10 * (last - first), (from, to) => Interlocked.Add(ref done, to - from)));

        Assert.Equal(60, done);
    }

    [Fact]
    public void A_failure_reaches_the_caller()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => ThreadTeam.Run(
            100,
            (first, _) =>
            {
                if (first > 50)
                {
                    throw new InvalidOperationException("broken");
                }
            }));

        Assert.Equal("broken", failure.Message);
    }
}
