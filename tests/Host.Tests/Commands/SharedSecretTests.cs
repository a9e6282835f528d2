using SpikeTrail.Host.Commands;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Tests.Commands;

public sealed class SharedSecretTests
{
    private readonly SharedSecret _secret = new("0123456789abcdef");

    [Fact]
    public void Who_knows_the_secret_proves_it_on_any_challenge()
    {
        var challenge = SharedSecret.NewChallenge();

        Assert.True(_secret.Accepts(challenge, new SharedSecret(" 0123456789abcdef\n").Prove(challenge)));
        Assert.NotEqual(challenge, SharedSecret.NewChallenge());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Anything_else_proves_nothing(string? proof) => Assert.False(_secret.Accepts("challenge", proof));

    [Fact]
    public void Another_secret_or_another_challenge_proves_nothing()
    {
        Assert.False(_secret.Accepts("challenge", new SharedSecret("0123456789abcdeF").Prove("challenge")));
        Assert.False(_secret.Accepts("challenge", _secret.Prove("another challenge")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("0123456789abcde   \n")]
    public void A_secret_that_can_be_guessed_is_refused_without_being_told(string text)
    {
        var refusal = Assert.Throws<InputException>(() => new SharedSecret(text, "secret.txt"));

        Assert.StartsWith("secret.txt: expected a secret of 16 to 4096 characters", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal("nowhere: there is no such file", Assert.Throws<InputException>(() => SharedSecret.Read("nowhere")).Message);
}
